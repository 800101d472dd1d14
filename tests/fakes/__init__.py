"""Stand-ins for what is outside, each speaking the real one's own language over a real socket."""
