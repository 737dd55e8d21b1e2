"""Sound as people record it."""
from __future__ import annotations

import io
import math
import struct
import wave


def tone(seconds: float = 1.0, rate: int = 16_000, channels: int = 1, pitch: float = 440) -> bytes:
    """A WAV file with 16 bits a sample."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        samples = (int(12_000 * math.sin(2 * math.pi * pitch * n / rate)) for n in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", sample) * channels for sample in samples))
    return out.getvalue()


def heard(wav: bytes) -> tuple[int, int, int, float]:
    """Channels, bytes a sample, samples a second and seconds of a WAV file."""
    with wave.open(io.BytesIO(wav)) as file:
        return file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes() / file.getframerate()
