import type { ActivationName } from "@trivium/tensor";

/** The numbers by which shaders know activations; 0 is none. */
export const activationCodes: Readonly<Record<ActivationName | "none", number>> = {
  none: 0,
  gelu: 1,
  "gelu-tanh": 2,
  relu: 3,
  silu: 4,
  tanh: 5,
};

/**
 * WGSL: `activate(kind, x)` is an activation's value and its derivative. Far from 0 the limits stand for themselves, where
 * products would be 0 · ∞.
 *
 * @source erf: Abramowitz and Stegun 1964, 7.1.26, within 1.5e-7; GELU and SiLU: Hendrycks and Gimpel 2016,
 *   https://arxiv.org/abs/1606.08415
 */
export const activations = /* wgsl */ `
fn erf(x: f32) -> f32 {
  let a = abs(x);
  let t = 1.0 / (1.0 + 0.3275911 * a);
  let polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sign(x) * (1.0 - polynomial * exp(-a * a));
}

// Exponentials of large numbers overflow, in a shader to anything.
fn safe_tanh(x: f32) -> f32 {
  let e = exp(-2.0 * min(abs(x), 20.0));
  return sign(x) * (1.0 - e) / (1.0 + e);
}

fn activate(kind: u32, x: f32) -> vec2f {
  switch (kind) {
    case 1u: {
      if (abs(x) > 10.0) {
        return vec2f(max(x, 0.0), step(0.0, x));
      }
      let phi = 0.5 * (1.0 + erf(x * 0.70710678));
      return vec2f(x * phi, phi + x * 0.39894228 * exp(-0.5 * x * x));
    }
    case 2u: {
      if (abs(x) > 10.0) {
        return vec2f(max(x, 0.0), step(0.0, x));
      }
      let t = safe_tanh(0.79788456 * (x + 0.044715 * x * x * x));
      let inner = 0.79788456 * (1.0 + 0.134145 * x * x);
      return vec2f(0.5 * x * (1.0 + t), 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner);
    }
    case 3u: {
      return vec2f(max(x, 0.0), select(0.0, 1.0, x > 0.0));
    }
    case 4u: {
      if (abs(x) > 80.0) {
        return vec2f(max(x, 0.0), step(0.0, x));
      }
      let s = 1.0 / (1.0 + exp(-x));
      return vec2f(x * s, s * (1.0 + x * (1.0 - s)));
    }
    case 5u: {
      let t = safe_tanh(x);
      return vec2f(t, 1.0 - t * t);
    }
    default: {
      return vec2f(x, 1.0);
    }
  }
}
`;
