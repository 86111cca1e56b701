/** The executable specification of every operation. */
package io.github.bitlift.backend.reference;
