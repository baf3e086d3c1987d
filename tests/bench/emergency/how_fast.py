def section(n, d):
    return ""
