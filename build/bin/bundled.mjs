// Starts the command line from its bundle.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { compileCacheFolder } from './compile-cache.mjs';

// Skein is a quiet program in the background, so memory counts for more than throughput. The first look at a large
// tree makes V8 grow its space for young objects to 16 MiB and more for each half, and then keep it: some 30 MiB more
// for days in which a few files change. With a factor of 1 it stays small. A limit, --max-semi-space-size, would be
// plainer, but V8 reads that one only from the command line, which another program has written by now.
setFlagsFromString('--semi-space-growth-factor=1');
// A space that small is cleaned sooner by one thread than by several that wait for each other.
setFlagsFromString('--no-parallel-scavenge');
// V8 13.6 crashes (SIGSEGV in NativeModule::FreeCode) when two threads compile the same way from WebAssembly to
// JavaScript at once, as they do after a thousand calls: the HTTP parser of `fetch` makes such calls in our main thread
// and in that of the knowledge index. The way that is not compiled is quick enough for it.
setFlagsFromString('--wasm-wrapper-tiering-budget=1000000000');

// Where the cache cannot be written, everything is compiled each time and nothing else changes.
enableCompileCache(compileCacheFolder());

await import('../../out/headless/cli.mjs');
