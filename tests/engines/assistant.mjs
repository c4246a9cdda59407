// Calls tools by the TypeScript SDK: node assistant.mjs FOLDER CALLS TARGET...; FOLDER holds node_modules, CALLS is a JSON file of pairs of
// tool and arguments, TARGET is an address or a command. Prints the tools and the structured contents as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, calls, ...target] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(createRequire(`${folder}/`).resolve(`@modelcontextprotocol/sdk/${name}`)).href);
const { Client } = await load("client/index.js");
const { StdioClientTransport } = await load("client/stdio.js");
const { StreamableHTTPClientTransport } = await load("client/streamableHttp.js");

const transport = target[0].startsWith("http")
  ? new StreamableHTTPClientTransport(new URL(target[0]))
  : new StdioClientTransport({ command: target[0], args: target.slice(1) });
const client = new Client({ name: "test", version: "1" });
await client.connect(transport);
const { tools } = await client.listTools();
const found = [];
// The SDK holds each answer against the schema of its tool.
for (const [name, given] of JSON.parse(readFileSync(calls, "utf-8"))) found.push((await client.callTool({ name, arguments: given })).structuredContent);
console.log(JSON.stringify({ tools: tools.map((tool) => tool.name), found }));
await client.close();
