export { encoderDecoder, encoderDecoderPlugin } from "./architecture.ts";
export { encoderDecoderSizes } from "./sizes.ts";
