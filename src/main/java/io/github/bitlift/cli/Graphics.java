package io.github.bitlift.cli;

import io.github.bitlift.io.SystemFault;

/** Java's own graphics, which a runtime made without its module java.desktop lacks. */
final class Graphics {
    private Graphics() {}

    /**
     * Finds out before any work is done.
     *
     * @param wanted the command or option that asks for pictures
     * @param remedy what to do where that can't be had
     * @throws SystemFault if nothing can be drawn here
     */
    static void require(String wanted, String remedy) {
        if (ModuleLayer.boot().findModule("java.desktop").isEmpty()) {
            throw new SystemFault(
                    wanted + ": this Java runtime has no module java.desktop and draws no pictures; " + remedy);
        }
    }
}
