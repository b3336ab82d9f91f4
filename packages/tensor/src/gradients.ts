/** Registers the gradients of every tfjs-core op: its Node entry and its bundler entry both leave them out. */
import "./generated/gradients.ts";
