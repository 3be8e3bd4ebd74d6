"""Records what Pillow, the imaging library of the authors' loader, makes of small images: pillow.json beside this file and
../../Poa.Training.Tests/Augmentation/pillow.json. Needs python3-pil and python3-numpy; run it anywhere. Recorded with Pillow 9.4.0."""
import base64, io, json, os
import numpy as np
import PIL
from PIL import Image, ImageEnhance, ImageOps

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(7)
b64 = lambda data: base64.b64encode(data).decode()
rgb = lambda image: b64(image.tobytes())


def noise(width, height):
    return Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))


def smooth(width, height):
    return noise(6, 5).resize((width, height), Image.BICUBIC)


def encoded(image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    return stream.getvalue()


resize = []
for (w, h), box, (tw, th) in [
    ((28, 28), (0, 0, 28, 28), (28, 28)), ((28, 28), (3, 5, 20, 17), (28, 28)), ((28, 28), (1, 2, 9, 7), (14, 14)),
    ((61, 47), (0, 0, 61, 47), (20, 15)), ((61, 47), (10, 3, 40, 44), (24, 24)), ((5, 9), (0, 0, 5, 9), (33, 21)), ((40, 1), (0, 0, 40, 1), (7, 5)),
]:
    image = noise(w, h)
    x, y, bw, bh = box
    out = image.crop((x, y, x + bw, y + bh)).resize((tw, th), Image.BICUBIC)
    resize.append(dict(width=w, height=h, pixels=rgb(image), box=box, target=[tw, th], result=rgb(out)))

picture = smooth(24, 16)
alpha = picture.copy(); alpha.putalpha(Image.fromarray(rng.integers(0, 256, (16, 24), dtype=np.uint8)))
exif = Image.Exif(); exif[0x0112] = 6
grey16 = Image.fromarray((np.arange(24 * 16, dtype=np.uint16).reshape(16, 24) * 170), "I;16")
files = {
    "rgb.png": encoded(picture, format="PNG"), "rgba.png": encoded(alpha, format="PNG"), "palette.png": encoded(picture.quantize(16), format="PNG"),
    "grey.png": encoded(picture.convert("L"), format="PNG"), "grey.jpg": encoded(picture.convert("L"), format="JPEG"),
    "rgb.jpg": encoded(picture, format="JPEG", quality=90), "rotated.jpg": encoded(picture, format="JPEG", quality=90, exif=exif),
    "cmyk.jpg": encoded(picture.convert("CMYK"), format="JPEG", quality=95), "progressive.jpg": encoded(picture, format="JPEG", progressive=True),
    "lossless.webp": encoded(picture, format="WEBP", lossless=True),
}
decode = [dict(name=n, file=b64(d), width=24, height=16, pixels=rgb(Image.open(io.BytesIO(d)).convert("RGB"))) for n, d in files.items()]
decode.append(dict(name="grey16.png", file=b64(encoded(grey16, format="PNG")), width=24, height=16,
                   pixels=b64(np.repeat((np.asarray(grey16) >> 8).astype(np.uint8)[..., None], 3, 2).tobytes())))
json.dump(dict(pillow=PIL.__version__, resize=resize, decode=decode), open(os.path.join(here, "pillow.json"), "w"), indent=1)


def hue(image, turn):
    h, s, v = image.convert("HSV").split()
    shifted = (np.array(h, dtype=np.int64) + int(turn * 255)) % 256
    return Image.merge("HSV", (Image.fromarray(shifted.astype(np.uint8), "L"), s, v)).convert("RGB")


images = []
for image in [noise(32, 24), smooth(20, 15), noise(8, 8).convert("L").convert("RGB")]:
    operations = []
    images.append(dict(width=image.width, height=image.height, pixels=rgb(image), operations=operations))
    add = lambda name, factor, result: operations.append(dict(name=name, factor=factor, result=rgb(result)))
    for factor in (0.0, 0.61, 1.0, 1.37):
        add("brightness", factor, ImageEnhance.Brightness(image).enhance(factor))
        add("contrast", factor, ImageEnhance.Contrast(image).enhance(factor))
        add("saturation", factor, ImageEnhance.Color(image).enhance(factor))
    for turn in (-0.1, -0.031, 0.0, 0.07, 0.5):
        add("hue", turn, hue(image, turn))
    add("grayscale", 0, image.convert("L").convert("RGB"))
    add("solarize", 128, ImageOps.solarize(image, 128))
    add("flip", 0, ImageOps.mirror(image))
target = os.path.join(here, "..", "..", "Poa.Training.Tests", "Augmentation", "pillow.json")
json.dump(dict(pillow=PIL.__version__, images=images), open(target, "w"), indent=1)
