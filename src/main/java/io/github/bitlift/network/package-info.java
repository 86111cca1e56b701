/** Networks as data: linear maps, sparse block operators K, M, V, W, and the architectures built from them. */
package io.github.bitlift.network;
