#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for a node's Beacon API, which answers as the file MODE says, well or badly, and writes down who asked what and when.

api.py FOLDER [HOST [PORT [CERTIFICATE]]]: FOLDER/mode, FOLDER/peers.json, FOLDER/asked (a line of JSON a question)."""
import gzip, http.server, json, socket, socketserver, ssl, sys, time

FOLDER, HOST, PORT = sys.argv[1], (sys.argv[2:] + ["127.0.0.1"])[0], int((sys.argv[3:] + ["3500"])[0])


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Transfer_Encoding" not in headers and "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, piece, pause):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        while True:
            self.wfile.write(piece)
            time.sleep(pause)

    def do_GET(self):
        with open(FOLDER + "/asked", "a") as file:
            file.write(json.dumps({"at": time.time(), "path": self.path, "accept": self.headers["Accept"],
                                   "who": self.headers["Authorization"]}) + "\n")
        mode = open(FOLDER + "/mode").read().strip()
        body = open(FOLDER + "/peers.json", "rb").read()
        if mode.isdigit():
            self.answer(int(mode), b'{"code":%s,"message":"no"}' % mode.encode())
        elif mode == "html":
            self.answer(200, b"<html><body>Welcome to nginx!</body></html>", "text/html")
        elif mode == "ssz":
            self.answer(200, bytes(range(256)), "application/octet-stream")
        elif mode == "no-list":
            self.answer(200, b'{"data":{"peer_id":"16UiuMute1"}}')
        elif mode == "truncated":
            self.answer(200, body[:len(body) // 2], Content_Length=str(len(body)))
            self.close_connection = True
        elif mode == "gzip":
            self.answer(200, gzip.compress(body), Content_Encoding="gzip")
        elif mode == "bomb":
            self.answer(200, gzip.compress(b'{"data":[' + b" " * (1 << 27), 1), Content_Encoding="gzip")
        elif mode == "chunked":
            half = len(body) // 2
            self.answer(200, b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:], b"")),
                        Transfer_Encoding="chunked")
        elif mode == "drips":
            self.stream(b" ", 0.1)
        elif mode == "endless":
            self.stream(b" " * 65536, 0)
        elif mode == "redirect":
            self.answer(302, b"", Location="http://127.0.0.1:3501/elsewhere")
        else:
            self.answer(200, body)

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if ":" in HOST else socket.AF_INET
    daemon_threads = True

    def server_bind(self):  # without asking for the name of our own address
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, PORT

    def handle_error(self, *words):
        pass


server = Server((HOST, PORT), Api)
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
