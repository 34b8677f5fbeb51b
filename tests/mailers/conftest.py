"""Certificates for servers on 127.0.0.1, made anew for each run by the openssl command."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Test authority
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1
[elsewhere]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:elsewhere.example.org
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """An authority's file, and what servers need: for 127.0.0.1, and for another host."""

    authority: Path
    server: ssl.SSLContext
    elsewhere: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    if not (openssl := shutil.which("openssl")):
        pytest.skip("the openssl command, which makes certificates for TLS, is not installed")
    folder = tmp_path_factory.mktemp("certificates")
    (folder / "config").write_text(_CONFIG, encoding="utf-8")

    def run(command: str) -> None:
        subprocess.run([openssl, *command.split()], cwd=folder, check=True, capture_output=True)

    key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -config config"
    run(f"req -x509 {key} -extensions authority -keyout ca.key -out ca.pem -days 2")
    contexts = {}
    for name in ("server", "elsewhere"):
        run(f"req -new {key} -keyout {name}.key -out {name}.csr -subj /CN={name}")
        run(
            f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -set_serial {len(name)} "
            f"-days 2 -extfile config -extensions {name} -out {name}.pem"
        )
        contexts[name] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        contexts[name].load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return Certificates(authority=folder / "ca.pem", **contexts)
