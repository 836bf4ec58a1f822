"""AES-256-CBC with PKCS#7 padding: WeCom pads to 32 bytes, Feishu to 16."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7


def encrypt(key: bytes, iv: bytes, plain: bytes, block: int) -> bytes:
    """`key` is 32 bytes, `iv` 16; `block` is what is padded to, in bytes."""
    padder = PKCS7(block * 8).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def decrypt(key: bytes, iv: bytes, encrypted: bytes, block: int) -> bytes:
    """Raises ValueError on a length or padding that nothing of ours has."""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    padded = decryptor.update(encrypted) + decryptor.finalize()
    unpadder = PKCS7(block * 8).unpadder()
    return unpadder.update(padded) + unpadder.finalize()
