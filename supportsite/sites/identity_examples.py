"""How an owner's server signs who a customer is, in three languages: as docs/identity.md and the admin show it."""

from typing import Final

EXAMPLES: Final = {
    "Python": """\
import os
import time

import jwt  # pip install PyJWT


def identity(user):
    claims = {"sub": str(user.id), "exp": int(time.time()) + 3600, "name": user.name, "email": user.email}
    return jwt.encode(claims, os.environ["SUPPORT_IDENTITY_KEY"], algorithm="HS256")
""",
    "Node.js": """\
import { createHmac } from "node:crypto";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function identity(user) {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const claims = { sub: String(user.id), exp, name: user.name, email: user.email };
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", process.env.SUPPORT_IDENTITY_KEY).update(text).digest("base64url")}`;
}
""",
    "PHP": """\
function identity(object $user): string {
    $part = fn (string $text) => rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
    $claims = ['sub' => (string) $user->id, 'exp' => time() + 3600, 'name' => $user->name, 'email' => $user->email];
    $text = $part('{"alg":"HS256","typ":"JWT"}') . '.' . $part(json_encode($claims));
    return $text . '.' . $part(hash_hmac('sha256', $text, getenv('SUPPORT_IDENTITY_KEY'), true));
}
""",
}
