import "./gradients.ts";
import * as tf from "@tensorflow/tfjs-core";

/** All of tfjs-core, with the gradients registered. Import tfjs-core nowhere else. */
export { tf };

export type Tensor = tf.Tensor;
export type Tensor1D = tf.Tensor1D;
export type Tensor2D = tf.Tensor2D;
export type Tensor3D = tf.Tensor3D;
export type Tensor4D = tf.Tensor4D;
export type Scalar = tf.Scalar;
