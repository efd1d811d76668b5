// Builds the three bundles and the pages into app/static (or the folder given as the first argument).
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "..", "app", "static"));

const bundles = { widget: "src/widget/index.ts", desk: "src/desk/index.ts", demo: "src/demo/index.ts" };

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

for (const [name, entry] of Object.entries(bundles)) {
  await build({
    root: here,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      outDir: out,
      emptyOutDir: false,
      target: "es2022",
      minify: true,
      lib: { entry: join(here, entry), formats: ["iife"], name: `_sb_${name}`, fileName: () => `${name}.js` },
    },
  });
}

const css = (path) => readFileSync(join(here, path), "utf8");
writeFileSync(join(out, "site.css"), css("src/shared/tokens.css") + css("src/demo/site.css"));
for (const file of readdirSync(join(here, "public"))) copyFileSync(join(here, "public", file), join(out, file));

for (const file of readdirSync(out).sort()) {
  const bytes = readFileSync(join(out, file));
  console.log(`${file.padEnd(14)} ${String(bytes.length).padStart(7)} bytes  ${String(gzipSync(bytes).length).padStart(6)} gzip`);
}
