import { and, eq } from 'drizzle-orm';
import { SHIPPED_LADDERS, type ShippedLadderId } from '#lib/domain/escalation/shipped-ladders.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import {
	charge,
	jurisdiction,
	ladder,
	ladderLevel,
	person,
	post,
} from '#lib/server/db/schema/masters.ts';
import { found, violatedConstraint, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import { firstPassword, hashPassword } from './passwords.ts';
import { plainUserName } from './staff.ts';
import { STATES } from './states.ts';

const LADDER_NAMES: Record<ShippedLadderId, { hi: string; en: string }> = {
	rajasthan: { hi: 'राजस्थान संपर्क', en: 'Rajasthan Sampark' },
	delhi: { hi: 'दिल्ली जनसुनवाई', en: 'Delhi Jansunwai' },
	cpgrams: { hi: 'सीपीग्राम्स', en: 'CPGRAMS' },
	haryana_auto_appeal: { hi: 'हरियाणा ऑटो अपील', en: 'Haryana Auto Appeal' },
	direction: { hi: 'निर्देश', en: 'Directions' },
};

function shippedIds(): ShippedLadderId[] {
	return Object.keys(LADDER_NAMES).filter((id): id is ShippedLadderId => id in SHIPPED_LADDERS);
}

/**
 * Writes the shipped ladders that are not there yet; those that are stay as somebody changed them.
 * `stateOf`: the state whose grievances climb a ladder.
 */
export async function installLadders(
	tx: Tx,
	stateOf: Partial<Record<ShippedLadderId, string>> = {},
): Promise<void> {
	for (const code of shippedIds()) {
		const [made] = await tx
			.insert(ladder)
			.values({
				code,
				nameHi: LADDER_NAMES[code].hi,
				nameEn: LADDER_NAMES[code].en,
				stateId: stateOf[code],
			})
			.onConflictDoNothing()
			.returning({ id: ladder.id });
		if (!made) continue;
		const levels = SHIPPED_LADDERS[code].levels.map((one) => ({ ladderId: made.id, ...one }));
		await tx.insert(ladderLevel).values(levels);
	}
}

/** The state's node, made when it is not there. @throws {Refusal} `invalid_input` for an unknown code. */
async function stateNode(tx: Tx, code: number): Promise<string> {
	const state = STATES.find((one) => one.code === code);
	if (!state) throw new Refusal('invalid_input');
	await tx
		.insert(jurisdiction)
		.values({ kind: 'state', lgdCode: code, nameHi: state.hi, nameEn: state.en })
		.onConflictDoNothing();
	const [row] = await tx
		.select({ id: jurisdiction.id })
		.from(jurisdiction)
		.where(and(eq(jurisdiction.kind, 'state'), eq(jurisdiction.lgdCode, code)));
	return found(row).id;
}

export interface FirstAdministrator {
	/** LGD code of the state. */
	stateCode: number;
	userName: string;
	nameHi: string;
	nameEn: string;
}

/**
 * A person who holds a new administrator's post of a state: the first one of a new installation, or
 * one more when all passwords were lost. Only the operator's command line calls it; it asks for no
 * rights. Answers the first password, which is stored nowhere.
 * @throws {Refusal} `user_name_taken`, `invalid_input` for an unknown state
 */
export async function createFirstAdministrator(
	db: Db,
	input: FirstAdministrator,
	now: Date,
): Promise<{ userName: string; firstPassword: string }> {
	const userName = plainUserName(input.userName);
	const password = firstPassword();
	const passwordHash = await hashPassword(password);
	await db.transaction(async (tx) => {
		const jurisdictionId = await stateNode(tx, input.stateCode);
		await installLadders(tx);
		const people = await tx
			.insert(person)
			.values({ userName, nameHi: input.nameHi, nameEn: input.nameEn, passwordHash })
			.returning({ id: person.id })
			.catch(userNameTaken);
		const posts = await tx
			.insert(post)
			.values({
				jurisdictionId,
				designationHi: 'प्रणाली प्रशासक',
				designationEn: 'System Administrator',
				functions: ['administrator'],
			})
			.returning({ id: post.id });
		await tx.insert(charge).values({
			personId: written(people).id,
			postId: written(posts).id,
			during: rangeOf(now, null),
		});
	});
	return { userName, firstPassword: password };
}

/** Turns the database's "this name is there already" into words. */
export function userNameTaken(problem: unknown): never {
	if (violatedConstraint(problem) === 'person_user_name_unique') {
		throw new Refusal('user_name_taken');
	}
	throw problem;
}
