import type { MeteredCollective } from "@trivium/distributed";
import type { Sink, TrainEvent } from "@trivium/trainer";

/** Measures the share of the steps' time that a rank spends in collectives. */
export function measureCommunication(collective: MeteredCollective) {
  let [communicating, stepping] = [0, 0];
  const sink: Sink<TrainEvent> = (event) => {
    // What lies between steps is taken too, and left out.
    const seconds = collective.takeSeconds();
    if (event.type !== "step") return;
    communicating += seconds;
    stepping += event.seconds;
  };
  /** Between 0 and 1. Undefined for a rank alone, or without a step. */
  const share = () => (collective.size === 1 || stepping === 0 ? undefined : Math.min(1, communicating / stepping));
  return { sink, share };
}
