/** What the specs of tfjs-core are run with; none of these modules ships types that resolve here. */
declare module "jasmine";
declare module "@tensorflow/tfjs-core/dist/tests";
declare module "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
declare module "@tensorflow/tfjs-core/dist/register_all_gradients";
declare module "@tensorflow/tfjs-core/dist/jasmine_util" {
  interface TestEnv {
    name: string;
    backendName: string;
    flags: Record<string, unknown>;
    isDataSync: boolean;
  }
  export function setTestEnvs(environments: TestEnv[]): void;
}
