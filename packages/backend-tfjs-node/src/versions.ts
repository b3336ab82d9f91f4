/** Of the package `@tensorflow/tfjs-node`. */
export const TFJS_NODE = "4.22.0";

/** Of the libtensorflow that `trivium setup tfjs-node` brings. */
export const LIBTENSORFLOW = "2.13.1";

/** The setup's name, and the backend's. */
export const NAME = "tfjs-node";
