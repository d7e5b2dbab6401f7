"""A llama model with random weights, small enough to be created in each run of the tests."""

from __future__ import annotations

from pathlib import Path

EMBEDDING, HEADS, FEED_FORWARD, CONTEXT = 32, 4, 64, 256


def write(path: Path) -> Path:
    """Write a GGUF file of some hundred kilobytes. The model returns random text, quickly."""
    import gguf
    import numpy

    words = ["<unk>", "<s>", "</s>", *(f"<0x{number:02X}>" for number in range(256)), "▁the", "▁a", "▁cat", "▁sat"]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(EMBEDDING)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(EMBEDDING // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(words))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(words)
    writer.add_token_scores([0.0] * len(words))
    writer.add_token_types([2, 3, 3] + [6] * 256 + [1] * (len(words) - 259))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    draw = numpy.random.default_rng(0)
    for name, shape in _tensors(len(words)):
        norm = name.endswith("norm.weight")
        data = numpy.ones(shape) if norm else draw.standard_normal(shape) * 0.1
        writer.add_tensor(name, data.astype(numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(words: int) -> list[tuple[str, tuple[int, ...]]]:
    square, wide, narrow = (EMBEDDING, EMBEDDING), (FEED_FORWARD, EMBEDDING), (EMBEDDING, FEED_FORWARD)
    return [
        ("token_embd.weight", (words, EMBEDDING)),
        ("output_norm.weight", (EMBEDDING,)),
        ("output.weight", (words, EMBEDDING)),
        ("blk.0.attn_norm.weight", (EMBEDDING,)),
        ("blk.0.attn_q.weight", square),
        ("blk.0.attn_k.weight", square),
        ("blk.0.attn_v.weight", square),
        ("blk.0.attn_output.weight", square),
        ("blk.0.ffn_norm.weight", (EMBEDDING,)),
        ("blk.0.ffn_gate.weight", wide),
        ("blk.0.ffn_up.weight", wide),
        ("blk.0.ffn_down.weight", narrow),
    ]
