"""The models of `trivium bench decoding` by transformers."""
import transformers


def model_of(settings):
    """Returns the model of these sizes, untrained: GPT-2's layers or Llama's."""
    sizes = {"vocab_size": settings["vocabulary"]}
    if settings["style"] == "gpt":
        sizes |= {
            "n_positions": settings["length"], "n_embd": settings["width"], "n_layer": settings["layers"],
            "n_head": settings["heads"], "n_inner": settings["feedForward"],
        }
        return transformers.GPT2LMHeadModel(transformers.GPT2Config(**sizes))
    sizes |= {
        "max_position_embeddings": settings["length"], "hidden_size": settings["width"],
        "num_hidden_layers": settings["layers"], "num_attention_heads": settings["heads"],
        "num_key_value_heads": settings["keyValueHeads"], "intermediate_size": settings["feedForward"],
        "tie_word_embeddings": True,
    }
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**sizes))
