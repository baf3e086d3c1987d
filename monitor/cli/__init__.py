"""The `kanalvakt` command: words in, tables or one JSON document out, and an exit code that scripts can rely on."""
