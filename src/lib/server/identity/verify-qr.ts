import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
	certificateRegistry,
	givenCertificates,
	readCertificate,
	type CertificateRegistry,
	type SigningCertificate,
} from './proofs/certificates.ts';
import type { SecureQrFields } from './proofs/secure-qr.ts';
import { verifySecureQr, type VerifiedSecureQr } from './proofs/verify.ts';

const USAGE = 'Usage: npm run -s verify:qr -- FILE [--certificate FILE ...]';

/** Nine times the text of the biggest QR. A larger file is not read to its end and is no QR. */
const MAX_TEXT_BYTES = 64 * 1024;
const MAX_CERTIFICATE_BYTES = 64 * 1024;

const NO_FIELDS = {
	name: null,
	dob: null,
	gender: null,
	careOf: null,
	district: null,
	landmark: null,
	house: null,
	location: null,
	pin: null,
	postOffice: null,
	state: null,
	street: null,
	subDistrict: null,
	vtc: null,
	mobileLast4: null,
} as const satisfies Record<keyof SecureQrFields, null>;

/**
 * What the operators' command says about a QR. Always every key: of an `unsupported` one (it could not be
 * decoded) the reference id, the photo and every field are null, and the version is what it calls itself, if
 * it says so. Of another one a field that UIDAI left empty is '', and `mobileLast4` is null in V1, which has
 * no such field.
 */
export type QrAnswer = {
	signature: VerifiedSecureQr['signature'];
	/**
	 * With the product's registry: a certificate covers the instant in the reference id. With certificates
	 * that were named: the one that verified covers it; false when none did.
	 */
	withinWindow: boolean;
	version: string | null;
	/** Last four digits of the Aadhaar number, then the time of signing. */
	referenceId: string | null;
	fields: { [name in keyof SecureQrFields]: string | null };
	/** In pixels. */
	photo: { width: number; height: number } | null;
	hasMobileHash: boolean;
	hasEmailHash: boolean;
};

/** The answer on the decimal text of a Secure QR. Never throws. */
export function qrAnswer(text: string, registry: CertificateRegistry): QrAnswer {
	const verified = verifySecureQr(text, registry);
	const { signature, withinWindow, version, referenceId, photo } = verified;
	return {
		signature,
		withinWindow,
		version,
		referenceId,
		fields: { ...NO_FIELDS, ...verified.fields },
		photo: photo && { width: photo.width, height: photo.height },
		hasMobileHash: verified.hasMobileHash,
		hasEmailHash: verified.hasEmailHash,
	};
}

/** Something the operator can mend; its message is one sentence for them. */
class Trouble extends Error {}

/** At most `limit` + 1 bytes of a file, so that a size above the limit shows. @throws {Trouble} */
async function readStart(path: string, limit: number): Promise<Buffer> {
	try {
		const file = await open(path);
		try {
			const bytes = Buffer.alloc(limit + 1);
			let length = 0;
			while (length < bytes.length) {
				const { bytesRead } = await file.read(bytes, length);
				if (bytesRead === 0) break;
				length += bytesRead;
			}
			return bytes.subarray(0, length);
		} finally {
			await file.close();
		}
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
		throw new Trouble(
			code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read (${code}).`,
		);
	}
}

/** The certificates of a file: one in DER, or one or more in PEM. @throws {Trouble} */
async function readCertificates(path: string): Promise<SigningCertificate[]> {
	const bytes = await readStart(path, MAX_CERTIFICATE_BYTES);
	const blocks = bytes
		.toString('latin1')
		.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
	if (bytes.length > MAX_CERTIFICATE_BYTES) {
		throw new Trouble(`${path} is too large for a certificate.`);
	}
	try {
		return (blocks ?? [bytes]).map((source) => readCertificate(source, { name: path }));
	} catch (error) {
		throw new Trouble(`${error instanceof Error ? error.message : 'Not a certificate'}.`);
	}
}

async function answerFor(args: readonly string[], folder: string) {
	const { values, positionals } = (() => {
		try {
			return parseArgs({
				args: [...args],
				allowPositionals: true,
				options: { certificate: { type: 'string', multiple: true } },
			});
		} catch {
			throw new Trouble(USAGE);
		}
	})();
	const [file] = positionals;
	if (file === undefined || positionals.length > 1) throw new Trouble(USAGE);
	const named: SigningCertificate[] = [];
	for (const path of values.certificate ?? []) {
		named.push(...(await readCertificates(resolve(folder, path))));
	}
	const registry = values.certificate
		? givenCertificates(named)
		: certificateRegistry({ demo: false });
	const path = resolve(folder, file);
	const bytes = await readStart(path, MAX_TEXT_BYTES);
	const whole = bytes.length <= MAX_TEXT_BYTES;
	return {
		answer: qrAnswer(whole ? bytes.toString('utf8') : '', registry),
		trouble: whole ? null : `${path} is too large for the text of a QR.`,
	};
}

/**
 * `verify:qr FILE [--certificate FILE ...]`: FILE holds the decimal text of a Secure QR, white space around
 * it allowed; paths are relative to `folder`. Without certificates the registry of a production system
 * decides and its windows are enforced. `answer` is null when no QR came to be judged, `trouble` then says
 * why in one sentence (also, beside the answer, of a file that is too large). Exit code 0 only for a valid
 * signature. Never throws.
 */
export async function verifyQrCommand(
	args: readonly string[],
	folder: string,
): Promise<{ answer: QrAnswer | null; trouble: string | null; exitCode: 0 | 1 }> {
	try {
		const { answer, trouble } = await answerFor(args, folder);
		return { answer, trouble, exitCode: answer.signature === 'valid' ? 0 : 1 };
	} catch (error) {
		if (!(error instanceof Trouble)) throw error;
		return { answer: null, trouble: error.message, exitCode: 1 };
	}
}
