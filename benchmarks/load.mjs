// Payments at a given rate for some seconds, one a request, by autocannon; each with an id of its
// own. Arguments: folder of autocannon, port, payments a second, seconds, first id, file of
// payments (a line each, with "id":0). Prints what autocannon found, as JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [home, port, rate, seconds, first, file] = process.argv.slice(2);
const autocannon = createRequire(`${home}/`)("autocannon");
const payments = readFileSync(file, "utf8").trim().split("\n");
let id = Number(first);

const found = await autocannon({
  url: `http://127.0.0.1:${port}/decisions`,
  connections: 20,
  overallRate: Number(rate),
  duration: Number(seconds),
  requests: [
    {
      method: "POST",
      headers: { "content-type": "application/json" },
      setupRequest: (request) => {
        const body = payments[id % payments.length].replace('"id":0', `"id":${id}`);
        id += 1;
        return { ...request, body: `[${body}]` };
      },
    },
  ],
});
const { p50, p99, max } = found.latency;
const { errors, timeouts, non2xx } = found;
const answered = found["2xx"];
console.log(JSON.stringify({ p50, p99, max, errors, timeouts, non2xx, answered, sent: id - first }));
