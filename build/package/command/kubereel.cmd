@"%~dp0node.exe" "%~dp0..\app.asar.unpacked\out\command\cli.mjs" %*
