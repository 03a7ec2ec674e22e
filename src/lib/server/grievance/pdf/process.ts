import { buffer } from 'node:stream/consumers';
import { inspectPdf } from './inspect.ts';

/** The process that `checkPdf` starts: a PDF comes in, what was found goes out. */
const bytes = await buffer(process.stdin);
process.send?.(await inspectPdf(new Uint8Array(bytes), Number(process.argv[2])), () =>
	process.exit(0),
);
