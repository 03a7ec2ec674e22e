import { and, asc, eq, isNull } from 'drizzle-orm';
import { cleanLine, fitsIn } from '#lib/domain/identity/text.ts';
import { maskMobile, parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { sitting, sittingInvitee } from '#lib/server/db/schema/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, inTransaction, written, type Tx } from '#lib/server/platform/db.ts';
import { notify, type Template } from '#lib/server/platform/notify.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { once } from './idempotency.ts';
import { requireClerk, requireSittingAccess } from './policy.ts';

export type InviteeRole = (typeof sittingInvitee.$inferSelect)['role'];

/** A representative who is asked to come; the mobile is never shown whole. */
export interface InviteeView {
	id: string;
	role: InviteeRole;
	name: string;
	maskedMobile: string;
}

const NAME_LENGTH = 100;

/** Who is asked to come to a sitting among the people. @throws {Refusal} `forbidden`, `not_found` */
export async function invitees(ctx: Context, sittingId: string): Promise<InviteeView[]> {
	const [of] = await ctx.db.select().from(sitting).where(eq(sitting.id, sittingId));
	await requireSittingAccess(ctx, found(of).postId);
	const rows = await ctx.db
		.select()
		.from(sittingInvitee)
		.where(and(eq(sittingInvitee.sittingId, sittingId), isNull(sittingInvitee.withdrawnAt)))
		.orderBy(asc(sittingInvitee.id));
	return rows.map(({ id, role, name, mobile }) => ({
		...{ id, role, name, maskedMobile: maskMobile(mobile) },
	}));
}

/**
 * Asks a representative to a sitting among the people that is still to come; an SMS names day and
 * place. Idempotent by `key`.
 * @throws {Refusal} `forbidden`, `not_found`, `bad_transition` when the sitting is none among the
 * people, began or was cancelled, `mobile_invalid`, `invalid_input`, `invitee_there`
 */
export async function invite(
	ctx: Context,
	input: { sittingId: string; role: InviteeRole; name: string; mobile: string; key: string },
): Promise<void> {
	const actor = requireClerk(ctx);
	const { sittingId, role, key } = input;
	const mobile = parseIndianMobile(input.mobile);
	const name = cleanLine(input.name);
	if (mobile === null) throw new Refusal('mobile_invalid');
	if (name === '' || !fitsIn(name, NAME_LENGTH)) throw new Refusal('invalid_input');
	const body = { command: 'invite', sittingId, role, name, mobile };
	await inTransaction(ctx.db, (tx) =>
		once(tx, { actor, key, body }, async () => {
			const of = await campToCome(tx, ctx, sittingId);
			const there = await tx
				.select({ mobile: sittingInvitee.mobile })
				.from(sittingInvitee)
				.where(and(eq(sittingInvitee.sittingId, sittingId), isNull(sittingInvitee.withdrawnAt)));
			if (there.some((one) => one.mobile === mobile)) throw new Refusal('invitee_there');
			const { id } = written(
				await tx
					.insert(sittingInvitee)
					.values({ sittingId, role, name, mobile, invitedAt: ctx.clock.now() })
					.returning({ id: sittingInvitee.id }),
			);
			await tell(tx, of, id, 'camp_invited');
			return id;
		}),
	);
}

/**
 * Takes somebody off the list, who is told so. Twice is told once.
 * @throws {Refusal} as `invite`; `stale` when it was done already
 */
export async function uninvite(ctx: Context, inviteeId: string): Promise<void> {
	requireClerk(ctx);
	if (!isUuid(inviteeId)) throw new Refusal('not_found');
	await inTransaction(ctx.db, async (tx) => {
		const mine = eq(sittingInvitee.id, inviteeId);
		const [row] = await tx.select().from(sittingInvitee).where(mine);
		const of = await campToCome(tx, ctx, found(row).sittingId);
		written(
			await tx
				.update(sittingInvitee)
				.set({ withdrawnAt: ctx.clock.now() })
				.where(and(mine, isNull(sittingInvitee.withdrawnAt)))
				.returning({ id: sittingInvitee.id }),
		);
		await tell(tx, of, inviteeId, 'camp_withdrawn');
	});
}

/** The sitting was cancelled: all who were asked to come are told, in the caller's transaction. */
export async function tellInvitees(tx: Tx, of: typeof sitting.$inferSelect): Promise<void> {
	const rows = await tx
		.select({ id: sittingInvitee.id })
		.from(sittingInvitee)
		.where(and(eq(sittingInvitee.sittingId, of.id), isNull(sittingInvitee.withdrawnAt)));
	for (const { id } of rows) await tell(tx, of, id, 'camp_cancelled');
}

async function campToCome(tx: Tx, ctx: Context, sittingId: string) {
	if (!isUuid(sittingId)) throw new Refusal('not_found');
	const [row] = await tx.select().from(sitting).where(eq(sitting.id, sittingId)).for('update');
	const of = found(row);
	await requireSittingAccess(ctx, of.postId);
	if (of.kind !== 'camp' || of.state !== 'planned' || of.startsAt <= ctx.clock.now()) {
		throw new Refusal('bad_transition');
	}
	return of;
}

async function tell(
	tx: Tx,
	of: typeof sitting.$inferSelect,
	id: string,
	template: Extract<Template, `camp_${string}`>,
): Promise<void> {
	await notify(tx, {
		template,
		to: { kind: 'invitee', id },
		grievanceId: null,
		facts: {
			startsAt: of.startsAt.toISOString(),
			officerPostId: of.postId,
			place: of.place ?? '',
		},
		key: `${template}:${id}`,
	});
}
