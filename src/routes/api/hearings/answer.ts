import { json } from '@sveltejs/kit';
import { Refusal } from '#lib/domain/refusal.ts';
import { refusalWords, statusOf } from '#lib/http/problem.ts';

/** A command's result as JSON (204 when it has none); a refusal as `{ code, message }`. */
export async function answer(locals: App.Locals, work: Promise<unknown>): Promise<Response> {
	try {
		const body = await work;
		return body === undefined ? new Response(null, { status: 204 }) : json(body);
	} catch (problem) {
		if (!(problem instanceof Refusal)) throw problem;
		return json(
			{ code: problem.code, message: refusalWords(problem, locals.locale) },
			{ status: statusOf(problem.code) },
		);
	}
}
