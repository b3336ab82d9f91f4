export { encoderDecoder, encoderDecoderPlugin } from "./architecture.ts";
