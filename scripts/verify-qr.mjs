/**
 * `npm run -s verify:qr -- FILE [--certificate FILE ...]`: checks the signature of an Aadhaar Secure QR,
 * given as its decimal text. One JSON object on standard output; exit code 0 only when the signature holds.
 */
import { bootstrap } from './lib/bootstrap.mjs';
import { sayOnStderr } from './lib/say.mjs';

// Names of files are meant from where the operator stands, not from the product's folder.
process.env.INIT_CWD ??= process.cwd();
const folder = process.env.INIT_CWD;
sayOnStderr();

await bootstrap(async () => {
	const { verifyQrCommand } = await import('../src/lib/server/identity/verify-qr.ts');
	const { answer, trouble, exitCode } = await verifyQrCommand(process.argv.slice(2), folder);
	if (trouble !== null) process.stderr.write(`${trouble}\n`);
	if (answer !== null) {
		// What a card holds must not steer a terminal: C1 controls are escaped too.
		const json = JSON.stringify(answer).replace(
			/[\u007f-\u009f]/g,
			(char) => `\\u00${char.charCodeAt(0).toString(16)}`,
		);
		process.stdout.write(`${json}\n`);
	}
	process.exitCode = exitCode;
});
