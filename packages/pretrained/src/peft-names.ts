/** The file that makes a folder adapters of PEFT's. */
export const ADAPTER_CONFIG = "adapter_config.json";

/** The name of the file with their tensors, without its end. */
export const ADAPTER_STEM = "adapter_model";

/** What stands before the name of each module. */
export const ADAPTER_PREFIX = "base_model.model.";
