// Builds the bundles and the pages into app/static (or the folder given as the first argument).
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "..", "app", "static"));

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "assets"), { recursive: true });

async function bundle(name, entry, define = {}) {
  await build({
    root: here,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { "process.env.NODE_ENV": '"production"', ...define },
    build: {
      outDir: out,
      emptyOutDir: false,
      target: "es2022",
      minify: true,
      lib: { entry: join(here, entry), formats: ["iife"], name: `_sb_${name}`, fileName: () => `${name}.js` },
    },
  });
}

// The panel's name carries its digest, and the loader its integrity: an old page never runs half of a new widget.
await bundle("panel", "src/widget/panel.ts");
const panel = readFileSync(join(out, "panel.js"));
const file = `assets/panel-${createHash("sha256").update(panel).digest("hex").slice(0, 12)}.js`;
renameSync(join(out, "panel.js"), join(out, file));
const integrity = `sha384-${createHash("sha384").update(panel).digest("base64")}`;
await bundle("widget", "src/widget/index.ts", { __PANEL__: JSON.stringify({ file, integrity }) });
await bundle("desk", "src/desk/index.ts");
await bundle("demo", "src/demo/index.ts");
await bundle("assist", "src/assist/index.ts");

const css = (path) => readFileSync(join(here, path), "utf8");
writeFileSync(join(out, "site.css"), css("src/shared/tokens.css") + css("src/demo/site.css"));
for (const name of readdirSync(join(here, "public"))) copyFileSync(join(here, "public", name), join(out, name));

for (const name of readdirSync(out, { recursive: true }).filter((one) => one.includes(".")).sort()) {
  const bytes = readFileSync(join(out, name));
  console.log(`${name.padEnd(30)} ${String(bytes.length).padStart(7)} bytes  ${String(gzipSync(bytes).length).padStart(6)} gzip`);
}
