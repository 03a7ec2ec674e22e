import type { SubmitFunction } from '@sveltejs/kit';
import { applyAction } from '$app/forms';

/**
 * For `use:enhance` on a page that holds a running hearing: the answer changes the form and what is
 * shown, never the page. When the server does not answer, the error page would end the hearing.
 */
export function calmForm(options: {
	refresh(): Promise<void>;
	/** The server did not answer; what was typed is still there. */
	lost(): void;
	sending?(sending: boolean): void;
	succeeded?(): void;
}): SubmitFunction {
	return () => {
		options.sending?.(true);
		return async ({ result }) => {
			if (result.type === 'error') options.lost();
			else await applyAction(result);
			if (result.type === 'success') options.succeeded?.();
			await options.refresh();
			options.sending?.(false);
		};
	};
}
