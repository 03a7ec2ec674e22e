/** What `fileAnswer` needs of an opened file. */
export interface SentFile {
	name: string;
	mime: string;
	bytes: number;
	/** Of the content, lower-case hex. */
	sha256: string;
	stream: ReadableStream<Uint8Array>;
}

/**
 * A file for the browser that asked and was allowed to have it. The browser may keep it but asks each
 * time: the next person at a shared computer, or one who lost the right, gets it no more. 304 without
 * the content when the browser has it.
 */
export async function fileAnswer(request: Request, file: SentFile): Promise<Response> {
	const etag = `"${file.sha256}"`;
	const kept = {
		etag,
		'cache-control': 'private, no-cache',
		'cross-origin-resource-policy': 'same-origin',
	};
	const known = (request.headers.get('if-none-match') ?? '').split(',');
	// A proxy that compresses marks the tag as weak.
	if (known.some((one) => one.trim().replace(/^W\//, '') === etag)) {
		await file.stream.cancel();
		return new Response(null, { status: 304, headers: kept });
	}
	return new Response(file.stream, {
		headers: {
			...kept,
			'content-type': file.mime,
			'content-length': String(file.bytes),
			// Pictures are shown, everything else is saved; the name is encoded, so it adds no header.
			'content-disposition': `${file.mime.startsWith('image/') ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
			'content-security-policy': "sandbox; default-src 'none'",
		},
	});
}
