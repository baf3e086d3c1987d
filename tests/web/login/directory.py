"""A directory of people as Entra ID and ADFS are: discovery, authorize, token and keys, as a process of its own.

Run as a program it prints its address and serves until it is ended. What it tells about the next person, and what is
wrong with its answers, is set by POST /control: {"claims": {…}, "wrong": "…"}.
"""

import json
import secrets
import socket
import sys
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "kanalvakt", "a secret of the directory"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
UNKNOWN = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})


def directory(issuer: str) -> FastAPI:
    app = FastAPI()
    told: dict[str, Any] = {"claims": {}, "wrong": ""}

    @app.get("/.well-known/openid-configuration")
    def metadata() -> dict[str, Any]:
        named = "https://login.evil.example" if told["wrong"] == "metadata" else issuer
        return {
            "issuer": named,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "code_challenge_methods_supported": ["S256"],
        }

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [KEY.as_dict(private=False)]}

    _flow(app, issuer, told)
    return app


def _flow(app: FastAPI, issuer: str, told: dict[str, Any]) -> None:
    asked: dict[str, dict[str, str]] = {}

    @app.post("/control")
    async def control(request: Request) -> dict[str, str]:
        told.update(await request.json())
        return {}

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        query = dict(request.query_params)
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        if told["wrong"] == "refused":
            back = {"error": "access_denied", "error_description": "<b>no</b>", "state": query["state"]}
            return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 302)
        code = secrets.token_urlsafe(16)
        asked[code] = query
        state = "another" if told["wrong"] == "state" else query["state"]
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': state})}", 302)

    @app.post("/token")
    async def token(request: Request) -> Response:
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        query = asked.pop(sent["code"], None)
        proof = urlsafe_b64encode(sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if query is None or proof != query["code_challenge"] or sent["redirect_uri"] != query["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer"}
        if told["wrong"] != "no_id_token":
            answer["id_token"] = signed(query, told, issuer)
        return JSONResponse(answer)


def signed(query: dict[str, str], told: dict[str, Any], issuer: str) -> str:
    """The ID token, right but for what is to be wrong."""
    now, wrong = int(time.time()), told["wrong"]
    claims = {
        "iss": "https://login.evil.example" if wrong == "issuer" else issuer,
        "aud": "another application" if wrong == "audience" else CLIENT,
        "nonce": "another" if wrong == "nonce" else query["nonce"],
        "iat": now - 7200 if wrong == "expired" else now,
        "exp": now - 3600 if wrong == "expired" else now + 300,
        "sub": "s-1",
    }
    claims |= told["claims"]
    if wrong == "no_nonce":
        del claims["nonce"]
    if wrong == "shared_secret":
        return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(SECRET))
    key = {"key": OTHER, "unknown_key": UNKNOWN}.get(wrong, KEY)
    return jwt.encode({"alg": "RS256", "kid": str(key.kid)}, claims, key)


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        print(json.dumps({"address": address}), flush=True)
        uvicorn.Server(uvicorn.Config(directory(address), log_level="error")).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
