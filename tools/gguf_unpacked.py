"""A GGUF model with its numbers unpacked to float32, so that a judge rounds as little as we do."""

from __future__ import annotations

from pathlib import Path


def unpacked(source: Path, target: Path) -> Path:
    """Write a model's keys and tensors again, every tensor in float32.

    llama.cpp also packs *states* before it multiplies them with packed weights, which is most of what it
    differs by from torch on the same numbers.

    Args:
        source: The GGUF file.
        target: The new one.
    """
    from gguf import GGUFReader, GGUFValueType, GGUFWriter, dequantize

    reader = GGUFReader(source)
    fields = {name: field for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    writer = GGUFWriter(target, fields.pop("general.architecture").contents())
    for name, field in fields.items():
        kind, *inner = field.types
        writer.add_key_value(name, field.contents(), kind, inner[-1] if kind == GGUFValueType.ARRAY else None)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, dequantize(tensor.data, tensor.tensor_type))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target
