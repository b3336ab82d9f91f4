export { useSoftwareDevice } from "./testing/software-device.ts";
