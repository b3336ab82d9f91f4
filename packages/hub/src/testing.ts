export { COMMIT, type HubServer, MODEL, refuse, serveHub } from "./testing/hub-server.ts";
