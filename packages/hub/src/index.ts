export { type HubName, readHubName } from "./hub-name.ts";
