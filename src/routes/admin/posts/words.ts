import type { PostFunction } from '#lib/domain/masters/kinds.ts';
import { m } from '#lib/paraglide/messages.js';

/** What a post does, in words; in the order in which the form asks. */
export const functionWords: Record<PostFunction, () => string> = {
	officer: m.admin_function_officer,
	hearing: m.admin_function_hearing,
	clerk: m.admin_function_clerk,
	monitor: m.admin_function_monitor,
	administrator: m.admin_function_administrator,
	agent: m.admin_function_agent,
};

/** Kinds of areas that have offices, from the state down. */
export const areaWords = {
	state: m.admin_kind_state,
	division: m.admin_kind_division,
	district: m.admin_kind_district,
	subdivision: m.admin_kind_subdivision,
	tehsil: m.admin_kind_tehsil,
	block: m.admin_kind_block,
	urban_body: m.admin_kind_urban_body,
};
