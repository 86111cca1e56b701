/**
 * The one interface between solvers and the machines they run on: {@link
 * io.github.bitlift.backend.Backend}, the operations it replays, and under this package one package
 * per implementation.
 */
package io.github.bitlift.backend;
