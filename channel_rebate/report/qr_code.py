"""QR codes for our papers, as part of the page."""

import base64
import io

import qrcode


def make_qr_code(text):
    """Return the QR code of ``text`` as the URI of a PNG picture, sharp at any size."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=2)
    code.add_data(text)
    picture = io.BytesIO()
    code.make_image().save(picture, "PNG")
    return f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
