/** Invocations of the workgroups that take a row, or as many elements. */
export const LANES = 64;

/** Returns the workgroups that take an element an invocation. */
export const groupsOf = (elements: number): number => Math.ceil(elements / LANES);

/** WGSL: sums and greatest values over the lanes of a workgroup, which all lanes must ask for. */
export const overLanes = /* wgsl */ `
var<workgroup> of_lanes: array<f32, ${LANES}>;

fn sum_of_lanes(value: f32, lane: u32) -> f32 {
  of_lanes[lane] = value;
  workgroupBarrier();
  for (var span = ${LANES / 2}u; span > 0u; span /= 2u) {
    if (lane < span) {
      of_lanes[lane] += of_lanes[lane + span];
    }
    workgroupBarrier();
  }
  return workgroupUniformLoad(&of_lanes[0]);
}

fn greatest_of_lanes(value: f32, lane: u32) -> f32 {
  of_lanes[lane] = value;
  workgroupBarrier();
  for (var span = ${LANES / 2}u; span > 0u; span /= 2u) {
    if (lane < span) {
      of_lanes[lane] = max(of_lanes[lane], of_lanes[lane + span]);
    }
    workgroupBarrier();
  }
  return workgroupUniformLoad(&of_lanes[0]);
}
`;

/** WGSL: below every logit that is finite. A shader need not have infinities. */
export const LOWEST = "-3.0e38";
