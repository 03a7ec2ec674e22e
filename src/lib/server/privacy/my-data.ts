import { isWithdrawable, standingConsents } from '#lib/domain/identity/consent.ts';
import { maskMobile } from '#lib/domain/identity/mobile.ts';
import { myGrievances, openDraft, type GrievanceSummary } from '#lib/server/grievance/index.ts';
import {
	consentsOf,
	ownData,
	proofsOf,
	type ConsentEntry,
	type ProofView,
} from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { whoLooked, type Look } from './access.ts';
import { erasureView, type ErasureView } from './erasure.ts';

export interface ConsentView extends ConsentEntry {
	/** It stands and may be taken back here. */
	withdrawable: boolean;
}

/** Everything that the page "my data" shows. */
export interface MyData {
	name: string | null;
	maskedMobile: string | null;
	email: string | null;
	address: string | null;
	dateOfBirth: string | null;
	locale: string;
	since: Date;
	proofs: ProofView[];
	consents: ConsentView[];
	grievances: Pick<GrievanceSummary, 'id' | 'number' | 'title' | 'stateText'>[];
	/** Files of the unfinished filing; those of a grievance are on its own page. */
	draft: { updatedAt: Date; files: number } | null;
	looks: Look[];
	erasure: ErasureView;
}

const NEWEST_LOOKS = 5;

/** @throws {Refusal} `forbidden`, `not_found` */
export async function myData(ctx: Context): Promise<MyData> {
	const row = await ownData(ctx);
	const [proofs, entries, grievances, unfinished, looks, erasure] = await Promise.all([
		proofsOf(ctx.db, row.id),
		consentsOf(ctx.db, row.id),
		myGrievances(ctx),
		openDraft(ctx),
		whoLooked(ctx, { limit: NEWEST_LOOKS }),
		erasureView(ctx),
	]);
	return {
		name: row.name,
		maskedMobile: row.mobile === null ? null : maskMobile(row.mobile),
		email: row.email,
		address: row.address,
		dateOfBirth: row.dateOfBirth,
		locale: row.locale,
		since: row.createdAt,
		proofs,
		consents: standingConsents(entries).map((one) => ({
			...one,
			withdrawable: one.given && isWithdrawable(one.purpose),
		})),
		grievances: grievances.map(({ id, number, title, stateText }) => ({
			id,
			number,
			title,
			stateText,
		})),
		draft: unfinished
			? { updatedAt: unfinished.updatedAt, files: unfinished.attachments.length }
			: null,
		looks,
		erasure,
	};
}
