"""How Kanalvakt itself is, as machines are told: signs of life, readiness, metrics. What is told holds no texts."""
