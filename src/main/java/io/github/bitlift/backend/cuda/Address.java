package io.github.bitlift.backend.cuda;

import jcuda.Pointer;

/** Reads the address that JCuda keeps to itself and its subclasses; parameters and descriptors need it as a number. */
final class Address extends Pointer {
    private Address(Pointer pointer) {
        super(pointer);
    }

    /** The address of memory on the device, or of memory allocated by the driver on the host. */
    static long of(Pointer pointer) {
        Address address = new Address(pointer);
        return address.getNativePointer() + address.getByteOffset();
    }
}
