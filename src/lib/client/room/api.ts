import { localizeHref } from '#lib/paraglide/runtime.js';

export interface Grant {
	url: string;
	token: string;
	identity: string;
}

/** Our server said no, or did not answer (`code` is then null). */
export class ApiError extends Error {
	readonly code: string | null;

	constructor(message: string, code: string | null) {
		super(message);
		this.code = code;
	}
}

async function post(path: string): Promise<unknown> {
	let response: Response;
	try {
		response = await fetch(localizeHref(path), {
			method: 'POST',
			headers: { accept: 'application/json' },
			signal: AbortSignal.timeout(6_000),
		});
	} catch (error) {
		throw new ApiError(String(error), null);
	}
	if (response.status === 204) return null;
	const body: unknown = await response.json().catch(() => null);
	if (response.ok) return body;
	throw new ApiError(text(body, 'message'), text(body, 'code') || null);
}

function text(body: unknown, name: string): string {
	if (typeof body !== 'object' || body === null || !(name in body)) return '';
	const value: unknown = Reflect.get(body, name);
	return typeof value === 'string' ? value : '';
}

/** A fresh token; the server looks at the hearing each time and makes the room again. */
export async function fetchGrant(hearingId: string): Promise<Grant> {
	const body = await post(`/api/hearings/${hearingId}/token`);
	return { url: text(body, 'url'), token: text(body, 'token'), identity: text(body, 'identity') };
}

export async function postLeave(hearingId: string): Promise<void> {
	await post(`/api/hearings/${hearingId}/leave`);
}

export async function postCheckIn(hearingId: string): Promise<void> {
	await post(`/api/hearings/${hearingId}/check-in`);
}
