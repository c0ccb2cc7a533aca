// Runs of form_stand_in.js in one process, each from nothing: a line of steps in, a line of what stands out.
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const run = new Function("require", "process", fs.readFileSync(path.join(__dirname, "form_stand_in.js"), "utf8"));
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const stdin = { on: (event, then) => (stdin[event] = then) };
  run(require, { stdin, stdout: { write: (said) => process.stdout.write(`${said}\n`) } });
  stdin.data(line);
  stdin.end();
});
