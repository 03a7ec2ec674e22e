import type { NavItem } from '#lib/components/ui/types.ts';
import type { ActingPost } from '#lib/server/masters/index.ts';
import type { Actor, Context, Locale } from '#lib/server/platform/context.ts';

declare global {
	namespace App {
		interface Locals {
			actor: Actor;
			/** The post a member of staff acts in. */
			actingPost: ActingPost | null;
			ctx: Context;
			locale: Locale;
			requestId: string;
			/** Lucia session id of this browser, when signed in. */
			sessionId: string | null;
		}
		interface PageData {
			/** Second line under the product's name. */
			place?: string;
			/** Navigation of a group of staff pages. */
			nav?: readonly NavItem[];
			/** No header, footer or banner: the hearing room. */
			shell?: 'bare';
		}
		interface Error {
			message: string;
			requestId?: string;
			/** Refusal code, when the domain said no. */
			code?: string;
		}
	}
}

export {};
