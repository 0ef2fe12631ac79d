// Payments at a given rate for some seconds, one a request, by loadtest: sent evenly, whether or
// not those before were answered. Each has an id of its own. Arguments: folder of loadtest, port,
// payments a second, seconds, first id, file of payments (a line each, with "id":0). Prints what
// was found, as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [home, port, rate, seconds, first, file] = process.argv.slice(2);
const { loadTest } = await import(pathToFileURL(`${home}/node_modules/loadtest/index.js`));
const payments = readFileSync(file, "utf8").trim().split("\n");
const sent = Number(rate) * Number(seconds);
let id = Number(first);

const found = await loadTest({
  url: `http://127.0.0.1:${port}/decisions`,
  method: "POST",
  contentType: "application/json",
  body: () => `[${payments[id % payments.length].replace('"id":0', `"id":${id++}`)}]`,
  requestsPerSecond: Number(rate),
  maxRequests: sent,
  agentKeepAlive: true,
  timeout: 10000,
  quiet: true,
});
const { percentiles, maxLatencyMs, totalRequests, totalErrors, totalTimeSeconds } = found;
console.log(
  JSON.stringify({
    p50: percentiles[50],
    p99: percentiles[99],
    max: maxLatencyMs,
    errors: totalErrors,
    answered: totalRequests - totalErrors,
    took: totalTimeSeconds,
    sent: id - Number(first),
  }),
);
