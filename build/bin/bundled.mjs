// Starts the command line from its bundle.
import { setFlagsFromString } from 'node:v8';

// Skein is a quiet program in the background, so memory counts for more than throughput. V8 lets the space of young
// objects grow to 16 MiB and more for each of its halves and gives little back; 2 MiB is plenty for a few changes.
// V8 reads the limit when that space grows, which is why it must be set before anything of size is loaded.
setFlagsFromString('--max-semi-space-size=2');

await import('../../out/headless/cli.mjs');
