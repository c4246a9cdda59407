// Fetches what may be compressed, for pages and for the worker: most hosts of files send it as it is, some unpack it on the way.
"use strict";

globalThis.airmUnpack = async function (address, type = "text/plain") {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} cannot be fetched: ${response.status}`);
  const [looked, body] = response.body.tee(), reader = looked.getReader(), { value } = await reader.read();
  reader.cancel();
  const isPacked = value && value[0] === 0x1f && value[1] === 0x8b;
  return new Response(isPacked ? body.pipeThrough(new DecompressionStream("gzip")) : body, { headers: { "Content-Type": type } });
};
